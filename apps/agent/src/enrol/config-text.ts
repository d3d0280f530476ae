/** What a first configuration says. */
export interface ConfigAnswers {
  url: string;
  vendorId: string;
  erpType: string;
  folder: string;
  /** Names of files, with `*` and `?`, by entity; what the source does not have is left out. */
  files: { items?: string; stock?: string; warehouses?: string };
}

/** A text as YAML writes it on one line, whatever is in it. */
const quoted = (text: string) => JSON.stringify(text);

/** Names that columns often have; the first that a file has is taken. `erp-agent doctor` says which are missing. */
const COLUMNS: Record<keyof ConfigAnswers['files'], Record<string, string[]>> = {
  items: {
    sku: ['sku', 'SKU', 'code', 'CODE', 'reference', 'REFERENCE', 'ref', 'REF', 'code_article', 'CODE_ARTICLE'],
    name: ['name', 'NAME', 'designation', 'DESIGNATION', 'libelle', 'LIBELLE', 'label'],
    erpUnitCode: ['unit', 'UNIT', 'unite', 'UNITE', 'erpUnitCode'],
    erpVatCode: ['vat', 'VAT', 'tva', 'TVA', 'code_tva', 'CODE_TVA', 'erpVatCode'],
  },
  stock: {
    sku: ['sku', 'SKU', 'code', 'CODE', 'reference', 'REFERENCE', 'code_article', 'CODE_ARTICLE'],
    erpWarehouseId: ['warehouse', 'WAREHOUSE', 'depot', 'DEPOT', 'erpWarehouseId'],
    realStock: ['stock', 'STOCK', 'quantity', 'quantite', 'QUANTITE', 'realStock'],
    virtualStock: ['available', 'disponible', 'DISPONIBLE', 'virtualStock', 'stock', 'STOCK', 'quantity', 'quantite', 'QUANTITE'],
    reservedQuantity: ['reserved', 'reserve', 'RESERVE', 'reservedQuantity'],
  },
  warehouses: {
    erpWarehouseId: ['id', 'ID', 'code', 'CODE', 'depot', 'DEPOT', 'erpWarehouseId'],
    code: ['code', 'CODE', 'depot', 'DEPOT', 'id', 'ID'],
    name: ['name', 'NAME', 'libelle', 'LIBELLE', 'nom', 'NOM'],
  },
};

/** The text of a first configuration, with words for whoever edits it. */
export function configText({ url, vendorId, erpType, folder, files }: ConfigAnswers): string {
  const entities = (['warehouses', 'items', 'stock'] as const).flatMap((entity) => {
    const pattern = files[entity];
    return pattern === undefined ? [] : [entityText(entity, pattern)];
  });
  return `# How this agent connects ${quoted(erpType)} with the hub. Paths are relative to the folder of this file.
# After a change: erp-agent doctor, then erp-agent push --dry-run
hub:
  url: ${quoted(url)}
vendorId: ${quoted(vendorId)}
erpType: ${quoted(erpType)}

source:
  kind: csv
  folder: ${quoted(folder)}
  entities:
${entities.join('')}  # Orders are written here, a file each.
  orders:
    folder: ${quoted(`${folder.replace(/[/\\]+$/, '')}/orders`)}
    file: { format: csv }

push:
  everySeconds: 30
  fullAt: "03:00"
`;
}

function entityText(entity: keyof typeof COLUMNS, pattern: string): string {
  const fields = Object.entries(COLUMNS[entity]).map(([field, columns]) => `        ${field}: [${columns.map(quoted).join(', ')}]\n`);
  return `    ${entity}:\n      files: ${quoted(pattern)}\n      # The column of each field, or the first of these that the file has.\n      fields:\n${fields.join('')}`;
}
