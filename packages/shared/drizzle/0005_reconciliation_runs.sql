CREATE TABLE "reconciliation_runs" (
	"vendor_id" text collate "C" NOT NULL,
	"entity" text NOT NULL,
	"run_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"force" boolean DEFAULT false NOT NULL,
	"again" text,
	"again_force" boolean DEFAULT false NOT NULL,
	"correlation_id" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"takes" integer DEFAULT 0 NOT NULL,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"outcome" text,
	"erp_root" text,
	"hub_root" text,
	CONSTRAINT "reconciliation_runs_vendor_id_entity_pk" PRIMARY KEY("vendor_id","entity"),
	CONSTRAINT "reconciliation_runs_entity" CHECK ("reconciliation_runs"."entity" in ('items', 'stock', 'warehouses')),
	CONSTRAINT "reconciliation_runs_cause" CHECK ("reconciliation_runs"."cause" in ('heartbeat', 'schedule', 'manual') and "reconciliation_runs"."again" in ('heartbeat', 'schedule', 'manual')),
	CONSTRAINT "reconciliation_runs_outcome" CHECK ("reconciliation_runs"."outcome" in ('in_sync', 'drift_resolved', 'unresolved', 'agent_unreachable', 'held_too_many_deletes')),
	CONSTRAINT "reconciliation_runs_lease" CHECK (("reconciliation_runs"."lease_token" is null) = ("reconciliation_runs"."lease_until" is null))
);
--> statement-breakpoint
CREATE INDEX "reconciliation_runs_open" ON "reconciliation_runs" USING btree ("requested_at") WHERE "reconciliation_runs"."ended_at" is null;