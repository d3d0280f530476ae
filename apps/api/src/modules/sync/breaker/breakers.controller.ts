import { Controller } from '@nestjs/common';
import { readBreakers, resetBreakers } from '@repo/contracts/operations/breaker-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import { CurrentKey, type KeyIdentity } from '../../../platform/http/caller';
import { Input } from '../../../platform/http/input.decorator';
import { Operation } from '../../../platform/http/operation.decorator';
import { AdministerBreakers } from './administer-breakers';

/** What admins see and do of breakers. */
@Controller()
export class BreakersController {
  constructor(private readonly breakers: AdministerBreakers) {}

  @Operation(readBreakers)
  read(@Input() { query }: InputOf<typeof readBreakers>): Promise<Reply<typeof readBreakers>> {
    return this.breakers.read(query.vendorId);
  }

  @Operation(resetBreakers)
  reset(@CurrentKey() key: KeyIdentity, @Input() { body }: InputOf<typeof resetBreakers>): Promise<Reply<typeof resetBreakers>> {
    return this.breakers.reset(key.name, body);
  }
}
