import { z } from 'zod';
import { StoredItem, StoredStock } from '../operations/read-operations';

describe('rows as they are read back', () => {
  it('are described field by field: nothing is of any type', () => {
    for (const schema of [StoredItem, StoredStock]) {
      const { properties = {} } = z.toJSONSchema(schema) as { properties?: Record<string, object> };
      const untyped = Object.entries(properties).filter(([, property]) => !('type' in property || 'anyOf' in property));
      expect(untyped.map(([name]) => name)).toEqual([]);
    }
  });

  it('give decimals as strings and what was left out as null', () => {
    expect(StoredStock.shape.realStock.safeParse('1.5').success).toBe(true);
    expect(StoredStock.shape.realStock.safeParse(1.5).success).toBe(false);
    expect(StoredStock.shape.minStock.safeParse(null).success).toBe(true);
    expect(StoredStock.shape.realStock.safeParse(null).success).toBe(false);
  });
});
