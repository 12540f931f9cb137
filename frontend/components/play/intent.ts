/**
 * Whether the player came through the Play button of the menu. Then a new opponent is looked for at once; who
 * only reloads the page first sees what became of the game that was on.
 *
 * The storage of this tab keeps it too: when the way to the next page leads to a pod that is gone, the browser
 * loads that page from scratch.
 */
const KEY = "overcookied:duel-wanted";
let wanted = false;

export function wantDuel(): void {
  wanted = true;
  try {
    sessionStorage.setItem(KEY, "yes");
  } catch {
    // Storage may be forbidden: then it is known until the page is left.
  }
}

export function takeIntent(): boolean {
  const was = wanted || kept();
  wanted = false;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept either.
  }
  return was;
}

function kept(): boolean {
  try {
    return sessionStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
