ALTER TABLE "orders" DROP CONSTRAINT "orders_confirmed";--> statement-breakpoint
ALTER TABLE "agent_registry" ADD COLUMN "previous_secret_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agent_registry" ADD COLUMN "unauthorized_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "agent_registry" ADD COLUMN "next_probe_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "dead_letter_queue" ADD COLUMN "resolution_note" text;--> statement-breakpoint
ALTER TABLE "dead_letter_queue" ADD COLUMN "retry_requested_by" text;--> statement-breakpoint
ALTER TABLE "sync_jobs" ADD COLUMN "sent_attempt" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_jobs" ADD COLUMN "queued_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_jobs" ADD COLUMN "ask_after" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_jobs" ADD COLUMN "metadata" jsonb;--> statement-breakpoint
CREATE INDEX "orders_unfinished" ON "orders" USING btree ("erp_status","vendor_id","id") WHERE "orders"."erp_status" not in ('confirmed', 'cancelled');--> statement-breakpoint
CREATE UNIQUE INDEX "dead_letter_queue_open" ON "dead_letter_queue" USING btree ("vendor_id","original_job_id") WHERE not "dead_letter_queue"."resolved";--> statement-breakpoint
CREATE INDEX "dead_letter_queue_unresolved" ON "dead_letter_queue" USING btree ("id") WHERE not "dead_letter_queue"."resolved";--> statement-breakpoint
CREATE INDEX "dead_letter_queue_marked" ON "dead_letter_queue" USING btree ("id") WHERE not "dead_letter_queue"."resolved" and "dead_letter_queue"."retry_requested_by" is not null;--> statement-breakpoint
CREATE INDEX "sync_jobs_due" ON "sync_jobs" USING btree ("vendor_id","next_attempt_at","id") WHERE "sync_jobs"."status" = 'pending' and "sync_jobs"."held_reason" is null;--> statement-breakpoint
CREATE INDEX "sync_jobs_held" ON "sync_jobs" USING btree ("vendor_id","held_reason") WHERE "sync_jobs"."status" = 'pending' and "sync_jobs"."held_reason" is not null;--> statement-breakpoint
CREATE INDEX "sync_jobs_in_flight" ON "sync_jobs" USING btree ("vendor_id") WHERE "sync_jobs"."status" in ('queued', 'processing');--> statement-breakpoint
CREATE INDEX "sync_jobs_awaiting" ON "sync_jobs" USING btree ("callback_deadline_at") WHERE "sync_jobs"."status" = 'awaiting_callback';--> statement-breakpoint
CREATE INDEX "sync_jobs_expiring" ON "sync_jobs" USING btree ("expires_at") WHERE "sync_jobs"."status" in ('pending', 'awaiting_callback');--> statement-breakpoint
CREATE INDEX "sync_jobs_failed" ON "sync_jobs" USING btree ("vendor_id","id") WHERE "sync_jobs"."status" = 'failed';--> statement-breakpoint
ALTER TABLE "sync_jobs" ADD CONSTRAINT "sync_jobs_held_reason" CHECK ("sync_jobs"."held_reason" in ('earlier_job', 'agent_unregistered', 'agent_disabled', 'agent_offline', 'agent_unauthorized', 'agent_not_polling', 'breaker_open'));