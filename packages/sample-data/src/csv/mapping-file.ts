/** The file beside the CSV files that says what their columns mean: one mapping, or an array of them, one a vendor. */
export const MAPPING_FILE = 'catalogue.mapping.json';

export type Scalar = string | number | boolean | null;

/** A cell as it is, or with what its `column` needs to become a field. Of an empty cell remains the `default`, if there is one. */
export interface ColumnRule {
  column: string;
  prefix?: string;
  default?: Scalar;
  /** What a code means; a code that is not in the table gives the `default`, without one the code itself. Goes with neither `prefix` nor `as`. */
  lookup?: Record<string, Scalar>;
  /** `unixTime`: seconds since 1970 to ISO 8601. `decimalComma`: `1234,5` to `1234.5`. What is neither stays as it is. */
  as?: 'unixTime' | 'decimalComma';
}

/** How to come by one field; a bare string is the name of a column. */
export type FieldRule = string | ColumnRule | { constant: Scalar } | { concat: FieldRule[] } | { object: Record<string, FieldRule> };

/** Rows of one CSV file. */
export interface FileSource {
  file: string;
  /** Default: that of the mapping, else `,`. */
  delimiter?: string;
  /** Default: that of the mapping, else `utf-8`. Any label that the Encoding Standard knows, such as `windows-1252`. */
  encoding?: string;
  fields: Record<string, FieldRule>;
}

/** Rows written out in the mapping itself: the one warehouse of a vendor whose files know of none, the code of a constant unit. */
export interface RowsSource {
  rows: Record<string, unknown>[];
}

export type Source = FileSource | RowsSource;

export type Entity = 'mappings' | 'warehouses' | 'items' | 'stock';

/** What one vendor's files hold. */
export interface CatalogueMapping {
  vendor: string;
  delimiter?: string;
  encoding?: string;
  mappings?: Source[];
  warehouses?: Source[];
  items?: Source[];
  stock?: Source[];
}
