// Elements that float over the text: popovers, which no frame of the form can cut off.

const GAP = 6;
const LIST_HEIGHT = 304;

/** The part of the window that neither the menu bar above the text nor the bar of the form covers: {top, bottom}. */
function visiblePart(view) {
  const menu = view.dom.closest(".prose-editor")?.querySelector(".prose-menubar")?.getBoundingClientRect();
  const bar = document.querySelector(".form-bar")?.getBoundingClientRect();
  return { top: Math.max(0, menu?.bottom ?? 0), bottom: Math.min(window.innerHeight, bar?.top ?? Infinity) };
}

/**
 * Show a popover beside a rectangle of the window, above or below it, where there is room; hide it if the rectangle is
 * out of sight. If there is room at neither side (a table longer than the window), it is placed at the top, but a list
 * becomes lower. `isInside` places it on the top of what it is about.
 */
export function placeBeside(popover, view, rect, { isAbove = false, isInside = false, isList = false } = {}) {
  const { top, bottom } = visiblePart(view);
  if (rect.bottom < top || rect.top > bottom) {
    hide(popover);
    return;
  }
  if (!popover.matches(":popover-open")) popover.showPopover();
  const room = Math.max(bottom - rect.bottom, rect.top - top) - 2 * GAP;
  if (isList) popover.style.maxHeight = `${Math.min(LIST_HEIGHT, room)}px`;
  const { offsetWidth: width, offsetHeight: height } = popover;
  const above = rect.top - height - GAP;
  const below = rect.bottom + GAP;
  const fits = { above: above >= top, below: below + height <= bottom };
  let y = top + GAP;
  if (isInside) y = Math.max(top, rect.top) + GAP;
  else if (isAbove ? fits.above : fits.above && !fits.below) y = above;
  else if (fits.below) y = below;
  const x = Math.min(rect.left, document.documentElement.clientWidth - width - GAP);
  popover.style.left = `${Math.max(GAP, x)}px`;
  popover.style.top = `${y}px`;
}

export function hide(popover) {
  if (popover.matches(":popover-open")) popover.hidePopover();
}
