export async function* managerCells() {}
