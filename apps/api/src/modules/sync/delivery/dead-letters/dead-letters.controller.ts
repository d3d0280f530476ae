import { Controller, Inject } from '@nestjs/common';
import {
  getDeadLetter,
  listDeadLetters,
  resolveDeadLetter,
  retryDeadLetter,
  retryDeadLetters,
} from '@repo/contracts/operations/delivery-operations';
import type { Input as InputOf, Reply } from '@repo/contracts/operations/operation';
import type { Database } from '@repo/shared/database/connect';
import { findDeadLetter, listDeadLetters as readDeadLetters } from '@repo/shared/database/delivery/dead-letters';
import { DATABASE } from '../../../../platform/database/database.module';
import { ApiError } from '../../../../platform/errors/api-error';
import { CurrentKey, type KeyIdentity } from '../../../../platform/http/caller';
import { Input } from '../../../../platform/http/input.decorator';
import { Operation } from '../../../../platform/http/operation.decorator';
import { ResolveDeadLetter } from './resolve-dead-letter';
import { RetryDeadLetters } from './retry-dead-letters';

/** What ops do with jobs that are not retried by themselves. */
@Controller()
export class DeadLettersController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly retrying: RetryDeadLetters,
    private readonly resolving: ResolveDeadLetter,
  ) {}

  @Operation(listDeadLetters)
  list(@Input() { query }: InputOf<typeof listDeadLetters>): Promise<Reply<typeof listDeadLetters>> {
    return readDeadLetters(this.database.db, query, query);
  }

  @Operation(getDeadLetter)
  async find(@Input() { params }: InputOf<typeof getDeadLetter>): Promise<Reply<typeof getDeadLetter>> {
    const letter = await findDeadLetter(this.database.db, params.id);
    if (letter === undefined) throw new ApiError('not_found', 'There is no such dead letter.');
    return letter;
  }

  @Operation(retryDeadLetter)
  retry(@CurrentKey() key: KeyIdentity, @Input() { params }: InputOf<typeof retryDeadLetter>): Promise<Reply<typeof retryDeadLetter>> {
    return this.retrying.retryOne(key.name, params.id);
  }

  @Operation(resolveDeadLetter)
  resolve(
    @CurrentKey() key: KeyIdentity,
    @Input() { params, body }: InputOf<typeof resolveDeadLetter>,
  ): Promise<Reply<typeof resolveDeadLetter>> {
    return this.resolving.resolve(key.name, params.id, body);
  }

  @Operation(retryDeadLetters)
  async retryMany(
    @CurrentKey() key: KeyIdentity,
    @Input() { body }: InputOf<typeof retryDeadLetters>,
  ): Promise<Reply<typeof retryDeadLetters>> {
    return { matched: await this.retrying.retryMany(key.name, body) };
  }
}
