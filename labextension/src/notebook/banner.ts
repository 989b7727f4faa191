import type { MainAreaWidget } from '@jupyterlab/apputils';
import { BoxLayout } from '@lumino/widgets';
import type { ReactNode } from 'react';
import type { Nexus } from '../components/context';
import { NexusWidget } from '../widget';

interface Source {
  subscribe: (listener: () => void) => () => void;
}

/** Put a banner above a document; it is as high as its text, and nothing is there while all is well. */
export function addBanner(
  document: MainAreaWidget,
  nexus: Nexus,
  source: Source,
  isShown: () => boolean,
  body: () => ReactNode
): void {
  const banner = new NexusWidget(nexus, body, 'nx-kernel-banner-box');
  banner.hide();
  document.contentHeader.addWidget(banner);
  BoxLayout.setStretch(banner, 0);
  const fit = () => {
    const content = banner.node.firstElementChild;
    banner.node.style.minHeight = `${content ? content.getBoundingClientRect().height : 0}px`;
    document.contentHeader.fit();
  };
  const sizes = new ResizeObserver(fit);
  const rendered = new MutationObserver(() => {
    sizes.disconnect();
    if (banner.node.firstElementChild) {
      sizes.observe(banner.node.firstElementChild);
    }
    fit();
  });
  rendered.observe(banner.node, { childList: true });
  const unsubscribe = source.subscribe(() => banner.setHidden(!isShown()));
  banner.disposed.connect(() => {
    unsubscribe();
    sizes.disconnect();
    rendered.disconnect();
  });
}
