import { pageUrl, routes } from '../api/routes';
import type { Nexus } from '../components/context';

/** Save everything, end the session, then leave the page. */
export async function signOut(nexus: Nexus, saveAll: () => Promise<boolean>): Promise<void> {
  const { model } = nexus;
  if (!(await saveAll()) && !(await leavesUnsaved(nexus))) {
    return;
  }
  model.connection.leave(true);
  try {
    await model.api.post(routes.logout);
  } catch (error) {
    model.connection.leave(false);
    throw error;
  }
  model.stream.close();
  window.location.assign(pageUrl(model.api.baseUrl, 'login'));
}

function leavesUnsaved({ host, trans }: Nexus): Promise<boolean> {
  return host.confirm({
    title: trans.__('Not everything could be saved'),
    text: trans.__('What you typed is kept in this browser, and offered to you when you log in here again.'),
    no: trans.__('Stay'),
    yes: trans.__('Log out all the same')
  });
}
