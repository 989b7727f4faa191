/** The one workbench of the application, made when the first notebook is opened. */

import type { Nexus } from '../components/context';
import { openDocuments } from './open-documents';
import { Workbench } from './workbench';

let workbench: Workbench | null = null;

export function workbenchFor(nexus: Nexus): Workbench {
  if (workbench === null) {
    const made = new Workbench(nexus);
    openDocuments.saveAll = () => made.keeper.saveAll();
    openDocuments.putAway = () => made.putAway();
    workbench = made;
  }
  return workbench;
}
