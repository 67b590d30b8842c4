export async function* bundleCells() {}
