/**
 * SQL for a name without its letter case. Names are ASCII; the collation keeps it so where the database's own locale
 * has other ideas of lower case (Turkish has two letters i).
 */
export const folded = (column: string) => `lower(${column} collate "C")`;
