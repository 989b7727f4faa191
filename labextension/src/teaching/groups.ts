/** Groups of a class that hand in together, as they shall be. Pure. */

import type { GroupsChange, WorkGroups } from '../api/contract';

/** chosen for a group that is not there yet */
export const NEW_GROUP = '\u0000new';
/** chosen for working alone */
export const ALONE = '';

/** All groups, with a student in the group of that name instead of in theirs. A group that is left empty ends. */
export function moved(now: WorkGroups, userId: string, choice: string): GroupsChange {
  const name = choice === NEW_GROUP ? freeName(now) : choice;
  const groups = now.groups.map(group => ({
    name: group.name,
    members: group.members.map(({ user_id }) => user_id).filter(id => id !== userId)
  }));
  const wanted = groups.find(group => group.name === name);
  if (wanted) {
    wanted.members.push(userId);
  } else if (name !== ALONE) {
    groups.push({ name, members: [userId] });
  }
  return { groups: groups.filter(({ members }) => members.length > 0), seen: now.seen };
}

/** The first number that is no group's name. */
export function freeName({ groups }: WorkGroups): string {
  const taken = new Set(groups.map(({ name }) => name));
  let number = 1;
  while (taken.has(String(number))) {
    number += 1;
  }
  return String(number);
}

/** Every student, by name, and the name of their group; empty: alone. */
export function placed({ groups, alone }: WorkGroups): { userId: string; name: string; group: string }[] {
  const inGroups = groups.flatMap(group =>
    group.members.map(({ user_id, display_name }) => ({
      userId: user_id,
      name: display_name,
      group: group.name
    }))
  );
  const others = alone.map(({ user_id, display_name }) => ({
    userId: user_id,
    name: display_name,
    group: ALONE
  }));
  return [...inGroups, ...others].sort((a, b) => a.name.localeCompare(b.name));
}
