/** The application's place in the browser's history: back and forward work, and a reload stays. */

import { Observable } from '../model/observable';
import { pathOf, type Route, routeOf } from './address';

export class Router extends Observable<{ route: Route }> {
  /** counts what a person decided: the last of it holds */
  private _decisions = 0;

  constructor(readonly baseUrl: string) {
    super({ route: routeOf(window.location.pathname, baseUrl) });
    window.addEventListener('popstate', () => {
      this._decisions++;
      this.set({ route: routeOf(window.location.pathname, baseUrl) });
    });
  }

  /** Whether a page is the one that is shown. */
  isAt(route: Route): boolean {
    return pathOf(route, this.baseUrl) === pathOf(this.snapshot().route, this.baseUrl);
  }

  /** Go to a page; the page that is shown already is not put into the history again. */
  go(route: Route): void {
    this._decisions++;
    const path = pathOf(route, this.baseUrl);
    if (path !== window.location.pathname) {
      window.history.pushState(null, '', path);
    }
    this.set({ route });
  }

  /** Go to a page whose address has to be found first, unless the person goes elsewhere meanwhile. */
  async goWhenFound(search: Promise<Route>): Promise<void> {
    const decision = ++this._decisions;
    const route = await search;
    if (decision === this._decisions) {
      this.go(route);
    }
  }
}
