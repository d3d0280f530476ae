ALTER TABLE "schedule_runs" DROP CONSTRAINT "schedule_runs_outcome";--> statement-breakpoint
ALTER TABLE "hub_state" ADD COLUMN "home" text;--> statement-breakpoint
CREATE INDEX "items_deleted" ON "items" USING btree ("deleted_at") WHERE "items"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "parked_rows_first_seen" ON "parked_rows" USING btree ("first_seen_at","vendor_id","key");--> statement-breakpoint
CREATE INDEX "reconciliation_events_id" ON "reconciliation_events" USING btree ("id");--> statement-breakpoint
CREATE INDEX "stock_deleted" ON "stock" USING btree ("deleted_at") WHERE "stock"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "dead_letter_queue_job" ON "dead_letter_queue" USING btree ("vendor_id","original_job_id");--> statement-breakpoint
CREATE INDEX "warehouses_deleted" ON "warehouses" USING btree ("deleted_at") WHERE "warehouses"."deleted_at" is not null;--> statement-breakpoint
ALTER TABLE "schedule_runs" ADD CONSTRAINT "schedule_runs_outcome" CHECK ("schedule_runs"."outcome" in ('succeeded', 'failed', 'interrupted', 'first_seen'));