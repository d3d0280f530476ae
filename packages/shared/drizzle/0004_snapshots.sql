CREATE TABLE "snapshot_deletes" (
	"vendor_id" text collate "C" NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"page" integer NOT NULL,
	"keys" text[] NOT NULL,
	CONSTRAINT "snapshot_deletes_vendor_id_snapshot_id_page_pk" PRIMARY KEY("vendor_id","snapshot_id","page")
);
--> statement-breakpoint
ALTER TABLE "snapshots" DROP CONSTRAINT "snapshots_status";--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "would_delete" integer;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "live_rows" integer;--> statement-breakpoint
ALTER TABLE "snapshots" ADD COLUMN "has_keys" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "snapshot_deletes" ADD CONSTRAINT "snapshot_deletes_snapshot" FOREIGN KEY ("vendor_id","snapshot_id") REFERENCES "public"."snapshots"("vendor_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "snapshots_open" ON "snapshots" USING btree ("vendor_id","entity") WHERE "snapshots"."status" = 'open';--> statement-breakpoint
CREATE INDEX "snapshots_active" ON "snapshots" USING btree ("vendor_id","entity") WHERE "snapshots"."status" in ('open', 'held', 'committing');--> statement-breakpoint
CREATE INDEX "snapshots_with_keys" ON "snapshots" USING btree ("closed_at") WHERE "snapshots"."closed_at" is not null and "snapshots"."has_keys";--> statement-breakpoint
ALTER TABLE "snapshots" ADD CONSTRAINT "snapshots_status" CHECK ("snapshots"."status" in ('open', 'held', 'committing', 'committed', 'superseded', 'abandoned', 'expired'));