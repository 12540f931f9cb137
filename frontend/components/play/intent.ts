/**
 * Whether the player came through the Play button of the menu. Then a new opponent is looked for at once; who
 * only reloads the page first sees what became of the game that was on.
 */
let wanted = false;

export function wantDuel(): void {
  wanted = true;
}

export function takeIntent(): boolean {
  const was = wanted;
  wanted = false;
  return was;
}
