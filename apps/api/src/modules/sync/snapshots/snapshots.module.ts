import { Module } from '@nestjs/common';
import { AbandonSnapshot } from './abandon-snapshot';
import { AdminSnapshotsController } from './admin-snapshots.controller';
import { BeginSnapshot } from './begin-snapshot';
import { CommitSnapshot } from './commit-snapshot';
import { ConfirmSnapshot } from './confirm-snapshot';
import { FinishCommit } from './finish-commit';
import { RememberRows } from './remember-rows';
import { SnapshotsController } from './snapshots.controller';
import { SweepSnapshots } from './sweep-snapshots';

/** Deletes by what is not sent: begin, remember what comes, compare, and only then delete. */
@Module({
  controllers: [SnapshotsController, AdminSnapshotsController],
  providers: [BeginSnapshot, RememberRows, CommitSnapshot, AbandonSnapshot, ConfirmSnapshot, FinishCommit, SweepSnapshots],
  exports: [RememberRows, SweepSnapshots],
})
export class SnapshotsModule {}
