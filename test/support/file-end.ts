// What is to be done when the tests of a file are over. A module cannot ask for that itself: it is loaded once, for
// many files.
const works: (() => unknown)[] = [];

export const whenFileEnds = (work: () => unknown): void => void works.push(work);

export async function endFile(): Promise<void> {
  for (const work of works.splice(0)) await work();
}
