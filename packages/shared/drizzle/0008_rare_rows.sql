CREATE INDEX "orders_cancelled" ON "orders" USING btree ("id") WHERE "orders"."erp_status" = 'cancelled';--> statement-breakpoint
CREATE INDEX "reconciliation_events_found" ON "reconciliation_events" USING btree ("id") WHERE "reconciliation_events"."event_type" <> 'in_sync';--> statement-breakpoint
CREATE INDEX "sync_jobs_cancellations" ON "sync_jobs" USING btree ("id") WHERE "sync_jobs"."operation" = 'cancel_order';--> statement-breakpoint
CREATE INDEX "sync_jobs_cancelled" ON "sync_jobs" USING btree ("id") WHERE "sync_jobs"."status" = 'cancelled';