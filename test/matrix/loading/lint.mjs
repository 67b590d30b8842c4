export async function* lintCells() {}
