/** What stands in front of the page: one question at a time, and news that need no answer. */

import type { News, Question } from '../host';
import { Observable } from '../model/observable';

export interface AskedQuestion extends Question {
  /** whether a text is asked for */
  takesText: boolean;
  /** the text that was typed; null: everything stays as it is */
  answer: (text: string | null) => void;
}

export interface ShownNews extends News {
  id: number;
}

export class Foreground extends Observable<{ question: AskedQuestion | null; news: ShownNews[] }> {
  private _nextId = 0;

  constructor() {
    super({ question: null, news: [] });
  }

  /** Ask; a question that was open is answered with "leave it". */
  ask(question: Question, takesText: boolean): Promise<string | null> {
    this.snapshot().question?.answer(null);
    return new Promise(resolve => {
      const answer = (text: string | null) => {
        this.set({ question: null });
        resolve(text);
      };
      this.set({ question: { ...question, takesText, answer } });
    });
  }

  readonly tell = (news: News): void => {
    const id = this._nextId++;
    this.set({ news: [...this.snapshot().news, { ...news, id }] });
    if (news.lastsMs !== null) {
      setTimeout(() => this.close(id), news.lastsMs);
    }
  };

  close(id: number): void {
    this.set({ news: this.snapshot().news.filter(one => one.id !== id) });
  }
}
