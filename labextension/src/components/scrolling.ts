/** Let the keyboard reach what is wider than its place, so that its end can be read without a mouse. */
export function reachByKeyboard(node: HTMLElement): void {
  for (const block of node.querySelectorAll('pre')) {
    if (block.scrollWidth > block.clientWidth) {
      block.tabIndex = 0;
    }
  }
}
