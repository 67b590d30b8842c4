export async function* jestCells() {}
