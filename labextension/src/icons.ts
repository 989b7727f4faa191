import { LabIcon } from '@jupyterlab/ui-components';

/** A 24 px stroke icon in the text's colour. */
function stroke(name: string, body: string): LabIcon {
  return new LabIcon({
    name: `nexusai:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="nx-icon-stroke" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</g></svg>`
  });
}

export const logoIcon = stroke(
  'logo',
  '<circle cx="5" cy="18" r="2.5"/><circle cx="19" cy="6" r="2.5"/><path d="M7.5 18H14a3.5 3.5 0 0 0 0-7h-4a3.5 3.5 0 0 1 0-7h6"/>'
);
export const lockIcon = stroke(
  'lock',
  '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>'
);
export const checkIcon = stroke('check', '<path d="M5 12.5 10 17.5 19.5 7"/>');
export const crossIcon = stroke('cross', '<path d="M6 6l12 12M18 6 6 18"/>');
export const videoIcon = stroke('video', '<path d="M8 5.5v13l10.5-6.5z"/>');
export const playIcon = stroke('play', '<path d="M4 6l6 6-6 6M12 18h8"/>');
export const noteIcon = stroke('note', '<path d="M5 4h9l5 5v11H5zM14 4v5h5M8 13h8M8 16.5h5"/>');
export const labIcon = stroke(
  'lab',
  '<path d="M9 3h6M10 3v6l-5 9a2 2 0 0 0 1.8 3h10.4a2 2 0 0 0 1.8-3l-5-9V3M7.5 15h9"/>'
);
export const flameIcon = stroke(
  'flame',
  '<path d="M12 3c1 3.5 5.5 5.5 5.5 11a5.5 5.5 0 0 1-11 0c0-2 .8-3.4 2-4.5.3 1.5 1 2.3 2 2.5C10 9 10.5 6 12 3z"/>'
);
export const boltIcon = stroke('bolt', '<path d="M13 3 5 14h6l-1 7 8-11h-6z"/>');
export const trophyIcon = stroke(
  'trophy',
  '<path d="M8 4h8v6a4 4 0 0 1-8 0zM8 6H4.5c0 3 1.2 4.7 3.7 5M16 6h3.5c0 3-1.2 4.7-3.7 5M12 14v4M8.5 20h7"/>'
);
export const medalIcon = stroke(
  'medal',
  '<circle cx="12" cy="15" r="5"/><path d="M9 10.5 6 3h4l2 5 2-5h4l-3 7.5"/>'
);
export const bellIcon = stroke('bell', '<path d="M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4"/>');
export const bulbIcon = stroke(
  'bulb',
  '<path d="M9.5 18h5M10 21h4M12 3a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2.1h5c0-.9.4-1.6 1-2.1A6 6 0 0 0 12 3z"/>'
);
export const sendIcon = stroke('send', '<path d="M12 19V6M6.5 11 12 5.5 17.5 11M5 21h14"/>');
export const chatIcon = stroke('chat', '<path d="M4 5h16v11H10l-4.5 4v-4H4z"/>');
export const homeIcon = stroke('home', '<path d="M4 11.5 12 4l8 7.5M6.5 10v10h11V10"/>');
export const userIcon = stroke(
  'user',
  '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5"/>'
);
export const historyIcon = stroke('history', '<path d="M4 5v5h5M4.5 10a8 8 0 1 1-.4 4M12 7.5V12l3.5 2"/>');
export const shieldIcon = stroke(
  'shield',
  '<path d="M12 3.5l7 2.5v5.5c0 4.5-3 7.6-7 9-4-1.4-7-4.5-7-9V6zM9 12l2.2 2.2L15.2 10"/>'
);
export const backIcon = stroke('back', '<path d="M14.5 5 8 12l6.5 7"/>');
export const searchIcon = stroke(
  'search',
  '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/>'
);
export const nextIcon = stroke('next', '<path d="M9.5 5 16 12l-6.5 7"/>');
export const thumbUpIcon = stroke(
  'thumb-up',
  '<path d="M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.2 2.5L12.7 9H19l-1.5 11H7"/>'
);
export const thumbDownIcon = stroke(
  'thumb-down',
  '<path d="M7 13V4H4v9zM7 13l4 7c1.5 0 2.5-1 2.2-2.5l-.5-2.5H19L17.5 4H7"/>'
);
export const forumIcon = stroke('forum', '<path d="M3 5h12v8H8l-3 3v-3H3zM17 9h4v8h-2v3l-3-3H10"/>');
export const teachIcon = stroke('teach', '<path d="M3 5h18v11H3zM12 16v4M8 20.5h8M7 12l3-3 2.5 2L17 8"/>');
