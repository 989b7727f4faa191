/** The gallery of components: what the pages are made of, without a server. In development only. */

import { createRoot } from 'react-dom/client';
import { Gallery } from './Gallery';

const root = document.getElementById('nexus-gallery');
if (root) {
  const query = new URLSearchParams(location.search);
  const dark = query.get('theme') === 'dark';
  document.documentElement.dataset.nxTheme = dark ? 'dark' : 'light';
  createRoot(root).render(<Gallery name={query.get('story')} />);
}
