/**
 * The SQL of a name in lower case. Names are ASCII, and the collation "C" converts ASCII alone: in a Turkish locale, `lower`
 * would turn "I" into a dotless "ı".
 */
export const folded = (column: string) => `lower(${column} collate "C")`;
