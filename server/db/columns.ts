// How columns are spoken of, whoever tells about them.

/** The column kinds that both engines have and the schema keeps to. */
export type Kind = 'text' | 'integer' | 'bigint' | 'real';

export interface Column {
  /** The kinds it may have; a real database names exactly one. */
  kinds: readonly Kind[];
  nullable: boolean;
}

/** By name, as it is in the database. */
export type Columns = Map<string, Column>;

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
