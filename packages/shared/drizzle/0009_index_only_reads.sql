CREATE INDEX "orders_by_status" ON "orders" USING btree ("erp_status","vendor_id","id");--> statement-breakpoint
CREATE INDEX "sync_jobs_finished" ON "sync_jobs" USING btree ("vendor_id","id","status","operation","attempt_no","created_at","completed_at") WHERE "sync_jobs"."status" in ('completed', 'failed', 'cancelled');--> statement-breakpoint
DROP INDEX "orders_unfinished";