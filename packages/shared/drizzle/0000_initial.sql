CREATE TABLE "agent_registry" (
	"vendor_id" text collate "C" NOT NULL,
	"agent_url" text,
	"erp_type" text NOT NULL,
	"mode" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"idempotent_orders" boolean DEFAULT false NOT NULL,
	"version" text,
	"last_heartbeat" timestamp with time zone,
	"clock_skew_ms" bigint,
	"auth_token_hash" text NOT NULL,
	"previous_token_hash" text,
	"previous_token_until" timestamp with time zone,
	"secret_version" integer DEFAULT 1 NOT NULL,
	"deregistered_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_registry_vendor_id_pk" PRIMARY KEY("vendor_id"),
	CONSTRAINT "agent_registry_mode" CHECK ("agent_registry"."mode" in ('push', 'pull')),
	CONSTRAINT "agent_registry_url" CHECK (("agent_registry"."mode" = 'push') = ("agent_registry"."agent_url" is not null)),
	CONSTRAINT "agent_registry_previous" CHECK (("agent_registry"."previous_token_hash" is null) = ("agent_registry"."previous_token_until" is null)),
	CONSTRAINT "agent_registry_secret_version" CHECK ("agent_registry"."secret_version" >= 1)
);
--> statement-breakpoint
CREATE TABLE "enrolment_codes" (
	"vendor_id" text collate "C" NOT NULL,
	"code_hash" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "enrolment_codes_vendor_id_code_hash_pk" PRIMARY KEY("vendor_id","code_hash")
);
--> statement-breakpoint
CREATE TABLE "erp_code_mappings" (
	"vendor_id" text collate "C" NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"mapping_type" text NOT NULL,
	"erp_code" text collate "C" NOT NULL,
	"resto_code" text NOT NULL,
	"resto_label" text NOT NULL,
	"vat_rate" numeric(30, 10),
	"is_active" boolean DEFAULT true NOT NULL,
	"changed_in" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "erp_code_mappings_vendor_id_id_pk" PRIMARY KEY("vendor_id","id"),
	CONSTRAINT "erp_code_mappings_code" UNIQUE("vendor_id","mapping_type","erp_code"),
	CONSTRAINT "erp_code_mappings_type" CHECK ("erp_code_mappings"."mapping_type" in ('unit', 'vat', 'family', 'subfamily')),
	CONSTRAINT "erp_code_mappings_vat_rate" CHECK ("erp_code_mappings"."mapping_type" <> 'vat' or "erp_code_mappings"."vat_rate" is not null)
);
--> statement-breakpoint
CREATE TABLE "mapping_versions" (
	"vendor_id" text collate "C" NOT NULL,
	"version" bigint NOT NULL,
	"applied_version" bigint NOT NULL,
	CONSTRAINT "mapping_versions_vendor_id_pk" PRIMARY KEY("vendor_id"),
	CONSTRAINT "mapping_versions_order" CHECK ("mapping_versions"."applied_version" <= "mapping_versions"."version")
);
--> statement-breakpoint
CREATE TABLE "items" (
	"vendor_id" text collate "C" NOT NULL,
	"content_hash" text NOT NULL,
	"last_synced_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"touched_at" timestamp with time zone NOT NULL,
	"change_seq" bigint NOT NULL,
	"deleted_at" timestamp with time zone,
	"key_hash" bigint NOT NULL,
	"row_digest" bigint NOT NULL,
	"sku" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"erp_id" text,
	"description" text,
	"barcode" text,
	"slug" text,
	"erp_unit_code" text NOT NULL,
	"erp_vat_code" text NOT NULL,
	"erp_family_code" text,
	"erp_subfamily_code" text,
	"unit_code" text NOT NULL,
	"unit_label" text NOT NULL,
	"vat_code" text NOT NULL,
	"vat_rate" numeric(30, 10) NOT NULL,
	"family_code" text,
	"family_label" text,
	"subfamily_code" text,
	"subfamily_label" text,
	"unit_price" numeric(30, 10),
	"price_excl_vat" numeric(30, 10),
	"price_incl_vat" numeric(30, 10),
	"vat_amount" numeric(30, 10),
	"catalog_price" numeric(30, 10),
	"purchase_price" numeric(30, 10),
	"minimum_order_quantity" numeric(30, 10),
	"currency" text,
	"manage_stock" boolean,
	"allow_negative_stock" boolean,
	"stock_booking_allowed" boolean,
	"tracking_mode" text,
	"weight" numeric(30, 10),
	"weight_unit" text,
	"height" numeric(30, 10),
	"width" numeric(30, 10),
	"length" numeric(30, 10),
	"dimension_unit" text,
	"items_per_package" numeric(30, 10),
	"brand" text,
	"origin_country_code" text,
	"is_active" boolean,
	"publish_on_web" boolean,
	"erp_updated_at" timestamp with time zone,
	"attributes" jsonb,
	CONSTRAINT "items_vendor_id_sku_pk" PRIMARY KEY("vendor_id","sku")
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"vendor_id" text collate "C",
	"before" jsonb,
	"after" jsonb,
	"correlation_id" text,
	CONSTRAINT "audit_log_id_pk" PRIMARY KEY("id")
);
--> statement-breakpoint
CREATE TABLE "hub_state" (
	"id" smallint DEFAULT 1 NOT NULL,
	"system_identifier" text NOT NULL,
	"change_offset" bigint NOT NULL,
	CONSTRAINT "hub_state_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "hub_state_single" CHECK ("hub_state"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "schedule_runs" (
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"schedule" text NOT NULL,
	"tick_at" timestamp with time zone NOT NULL,
	"instance" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone,
	"outcome" text,
	"error" text,
	CONSTRAINT "schedule_runs_id_pk" PRIMARY KEY("id"),
	CONSTRAINT "schedule_runs_tick" UNIQUE("schedule","tick_at"),
	CONSTRAINT "schedule_runs_outcome" CHECK ("schedule_runs"."outcome" in ('succeeded', 'failed', 'interrupted'))
);
--> statement-breakpoint
CREATE TABLE "order_items" (
	"vendor_id" text collate "C" NOT NULL,
	"order_id" uuid NOT NULL,
	"line_no" integer NOT NULL,
	"sku" text NOT NULL,
	"description" text,
	"quantity" numeric(30, 10) NOT NULL,
	"unit_price" numeric(30, 10) NOT NULL,
	"discount_rate" numeric(30, 10) DEFAULT '0' NOT NULL,
	"vat_rate" numeric(30, 10) NOT NULL,
	"amount_vat_excluded" numeric(30, 10) NOT NULL,
	"vat_amount" numeric(30, 10) NOT NULL,
	CONSTRAINT "order_items_vendor_id_order_id_line_no_pk" PRIMARY KEY("vendor_id","order_id","line_no"),
	CONSTRAINT "order_items_line_no" CHECK ("order_items"."line_no" >= 1)
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"vendor_id" text collate "C" NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"order_number" text NOT NULL,
	"customer_id" text,
	"erp_customer_code" text NOT NULL,
	"currency" text DEFAULT 'EUR' NOT NULL,
	"requested_delivery_date" date,
	"billing_address" jsonb,
	"shipping_address" jsonb,
	"notes" text,
	"amount_vat_excluded" numeric(30, 10) NOT NULL,
	"vat_amount" numeric(30, 10) NOT NULL,
	"amount_vat_included" numeric(30, 10) NOT NULL,
	"erp_status" text DEFAULT 'pending' NOT NULL,
	"erp_reference" text,
	"erp_synced_at" timestamp with time zone,
	"erp_sync_error" text,
	"idempotency_key" text,
	"idempotency_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_vendor_id_id_pk" PRIMARY KEY("vendor_id","id"),
	CONSTRAINT "orders_number" UNIQUE("vendor_id","order_number"),
	CONSTRAINT "orders_idempotency" UNIQUE("vendor_id","idempotency_key"),
	CONSTRAINT "orders_erp_status" CHECK ("orders"."erp_status" in ('pending', 'syncing', 'confirmed', 'failed', 'cancelling', 'cancelled')),
	CONSTRAINT "orders_confirmed" CHECK ("orders"."erp_status" <> 'confirmed' or "orders"."erp_reference" is not null),
	CONSTRAINT "orders_idempotency_pair" CHECK (("orders"."idempotency_key" is null) = ("orders"."idempotency_hash" is null))
);
--> statement-breakpoint
CREATE TABLE "parked_rows" (
	"vendor_id" text collate "C" NOT NULL,
	"entity" text NOT NULL,
	"key" text collate "C" NOT NULL,
	"payload" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"last_synced_at" timestamp with time zone NOT NULL,
	"key_hash" bigint NOT NULL,
	"row_digest" bigint NOT NULL,
	"reason" text NOT NULL,
	"waits_for" text[] NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "parked_rows_vendor_id_entity_key_pk" PRIMARY KEY("vendor_id","entity","key"),
	CONSTRAINT "parked_rows_entity" CHECK ("parked_rows"."entity" in ('items', 'stock', 'warehouses')),
	CONSTRAINT "parked_rows_reason" CHECK ("parked_rows"."reason" in ('unmapped_unit', 'unmapped_vat', 'item_not_found', 'warehouse_not_found')),
	CONSTRAINT "parked_rows_waits" CHECK (cardinality("parked_rows"."waits_for") > 0)
);
--> statement-breakpoint
CREATE TABLE "reconciliation_events" (
	"vendor_id" text collate "C" NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"entity" text NOT NULL,
	"event_type" text NOT NULL,
	"summary" jsonb NOT NULL,
	"details" jsonb,
	"duration_ms" integer,
	"timestamp" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reconciliation_events_vendor_id_id_pk" PRIMARY KEY("vendor_id","id"),
	CONSTRAINT "reconciliation_events_entity" CHECK ("reconciliation_events"."entity" in ('items', 'stock', 'warehouses')),
	CONSTRAINT "reconciliation_events_type" CHECK ("reconciliation_events"."event_type" in ('in_sync', 'drift_detected', 'drift_resolved', 'unresolved', 'agent_unreachable', 'held_too_many_deletes'))
);
--> statement-breakpoint
CREATE TABLE "snapshot_keys" (
	"vendor_id" text collate "C" NOT NULL,
	"snapshot_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "snapshot_keys_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"key_hashes" bigint[] NOT NULL,
	"row_digests" bigint[] NOT NULL,
	CONSTRAINT "snapshot_keys_vendor_id_snapshot_id_id_pk" PRIMARY KEY("vendor_id","snapshot_id","id"),
	CONSTRAINT "snapshot_keys_pairs" CHECK (cardinality("snapshot_keys"."key_hashes") = cardinality("snapshot_keys"."row_digests"))
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"vendor_id" text collate "C" NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"entity" text NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"tombstoned" integer,
	"present" integer,
	CONSTRAINT "snapshots_vendor_id_id_pk" PRIMARY KEY("vendor_id","id"),
	CONSTRAINT "snapshots_entity" CHECK ("snapshots"."entity" in ('items', 'stock', 'warehouses')),
	CONSTRAINT "snapshots_status" CHECK ("snapshots"."status" in ('open', 'held', 'committed', 'superseded', 'abandoned', 'expired')),
	CONSTRAINT "snapshots_counts" CHECK ("snapshots"."tombstoned" >= 0 and "snapshots"."present" >= 0)
);
--> statement-breakpoint
CREATE TABLE "stock" (
	"vendor_id" text collate "C" NOT NULL,
	"content_hash" text NOT NULL,
	"last_synced_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"touched_at" timestamp with time zone NOT NULL,
	"change_seq" bigint NOT NULL,
	"deleted_at" timestamp with time zone,
	"key_hash" bigint NOT NULL,
	"row_digest" bigint NOT NULL,
	"erp_warehouse_id" text collate "C" NOT NULL,
	"sku" text collate "C" NOT NULL,
	"real_stock" numeric(30, 10) NOT NULL,
	"virtual_stock" numeric(30, 10) NOT NULL,
	"reserved_quantity" numeric(30, 10) NOT NULL,
	"ordered_quantity" numeric(30, 10),
	"incoming_quantity" numeric(30, 10),
	"average_cost" numeric(30, 10),
	"stock_value" numeric(30, 10),
	"min_stock" numeric(30, 10),
	"max_stock" numeric(30, 10),
	"reorder_threshold" numeric(30, 10),
	"erp_updated_at" timestamp with time zone,
	CONSTRAINT "stock_vendor_id_erp_warehouse_id_sku_pk" PRIMARY KEY("vendor_id","erp_warehouse_id","sku")
);
--> statement-breakpoint
CREATE TABLE "sync_digest_deltas" (
	"vendor_id" text collate "C" NOT NULL,
	"entity" text NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "sync_digest_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"count_delta" integer NOT NULL,
	"digest_delta" numeric NOT NULL,
	CONSTRAINT "sync_digest_deltas_vendor_id_entity_id_pk" PRIMARY KEY("vendor_id","entity","id"),
	CONSTRAINT "sync_digest_deltas_entity" CHECK ("sync_digest_deltas"."entity" in ('items', 'stock', 'warehouses'))
);
--> statement-breakpoint
CREATE TABLE "sync_digests" (
	"vendor_id" text collate "C" NOT NULL,
	"entity" text NOT NULL,
	"count" bigint NOT NULL,
	"digest" numeric(20, 0) NOT NULL,
	"folded_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sync_digests_vendor_id_entity_pk" PRIMARY KEY("vendor_id","entity"),
	CONSTRAINT "sync_digests_entity" CHECK ("sync_digests"."entity" in ('items', 'stock', 'warehouses')),
	CONSTRAINT "sync_digests_digest" CHECK ("sync_digests"."digest" >= 0 and "sync_digests"."digest" < 18446744073709551616)
);
--> statement-breakpoint
CREATE TABLE "dead_letter_queue" (
	"vendor_id" text collate "C" NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"original_job_id" uuid NOT NULL,
	"operation" text NOT NULL,
	"payload" jsonb NOT NULL,
	"failure_code" text NOT NULL,
	"failure_reason" text NOT NULL,
	"failure_stack" text,
	"attempt_count" integer NOT NULL,
	"last_attempt_at" timestamp with time zone,
	"resolved" boolean DEFAULT false NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"resolution" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dead_letter_queue_vendor_id_id_pk" PRIMARY KEY("vendor_id","id"),
	CONSTRAINT "dead_letter_queue_resolution" CHECK ("dead_letter_queue"."resolution" in ('retried', 'resolved', 'late_callback')),
	CONSTRAINT "dead_letter_queue_resolved" CHECK ("dead_letter_queue"."resolved" = ("dead_letter_queue"."resolved_at" is not null) and "dead_letter_queue"."resolved" = ("dead_letter_queue"."resolution" is not null))
);
--> statement-breakpoint
CREATE TABLE "sync_job_attempts" (
	"vendor_id" text collate "C" NOT NULL,
	"job_id" uuid NOT NULL,
	"attempt" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"duration_ms" integer,
	"outcome" text,
	"http_status" integer,
	"error" text,
	CONSTRAINT "sync_job_attempts_vendor_id_job_id_attempt_pk" PRIMARY KEY("vendor_id","job_id","attempt"),
	CONSTRAINT "sync_job_attempts_attempt" CHECK ("sync_job_attempts"."attempt" >= 1)
);
--> statement-breakpoint
CREATE TABLE "sync_jobs" (
	"vendor_id" text collate "C" NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"order_id" uuid NOT NULL,
	"operation" text NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"payload" jsonb NOT NULL,
	"sequence" integer NOT NULL,
	"attempt_no" integer DEFAULT 0 NOT NULL,
	"attempts_spent" integer DEFAULT 0 NOT NULL,
	"attempts_allowed" integer NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"dispatch_no" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp with time zone,
	"lease_token" uuid,
	"must_ask" boolean DEFAULT false NOT NULL,
	"held_reason" text,
	"callback_deadline_at" timestamp with time zone,
	"error_code" text,
	"error_message" text,
	"erp_reference" text,
	"correlation_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"completed_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sync_jobs_vendor_id_id_pk" PRIMARY KEY("vendor_id","id"),
	CONSTRAINT "sync_jobs_sequence" UNIQUE("vendor_id","order_id","sequence"),
	CONSTRAINT "sync_jobs_operation" CHECK ("sync_jobs"."operation" in ('create_order', 'cancel_order')),
	CONSTRAINT "sync_jobs_status" CHECK ("sync_jobs"."status" in ('pending', 'queued', 'processing', 'awaiting_callback', 'completed', 'failed', 'cancelled')),
	CONSTRAINT "sync_jobs_counts" CHECK ("sync_jobs"."sequence" >= 1 and "sync_jobs"."attempt_no" >= 0 and "sync_jobs"."attempts_spent" >= 0 and "sync_jobs"."dispatch_no" >= 0),
	CONSTRAINT "sync_jobs_lease" CHECK ("sync_jobs"."status" <> 'processing' or ("sync_jobs"."lease_until" is not null and "sync_jobs"."lease_token" is not null)),
	CONSTRAINT "sync_jobs_callback" CHECK ("sync_jobs"."status" <> 'awaiting_callback' or "sync_jobs"."callback_deadline_at" is not null)
);
--> statement-breakpoint
CREATE TABLE "warehouses" (
	"vendor_id" text collate "C" NOT NULL,
	"content_hash" text NOT NULL,
	"last_synced_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"touched_at" timestamp with time zone NOT NULL,
	"change_seq" bigint NOT NULL,
	"deleted_at" timestamp with time zone,
	"key_hash" bigint NOT NULL,
	"row_digest" bigint NOT NULL,
	"erp_warehouse_id" text collate "C" NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"address" text,
	"city" text,
	"postal_code" text,
	"state" text,
	"country" text,
	"latitude" numeric(30, 10),
	"longitude" numeric(30, 10),
	"is_active" boolean,
	"is_default" boolean,
	"is_main" boolean,
	"type" text,
	CONSTRAINT "warehouses_vendor_id_erp_warehouse_id_pk" PRIMARY KEY("vendor_id","erp_warehouse_id")
);
--> statement-breakpoint
ALTER TABLE "order_items" ADD CONSTRAINT "order_items_order" FOREIGN KEY ("vendor_id","order_id") REFERENCES "public"."orders"("vendor_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "snapshot_keys" ADD CONSTRAINT "snapshot_keys_snapshot" FOREIGN KEY ("vendor_id","snapshot_id") REFERENCES "public"."snapshots"("vendor_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stock" ADD CONSTRAINT "stock_item" FOREIGN KEY ("vendor_id","sku") REFERENCES "public"."items"("vendor_id","sku") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stock" ADD CONSTRAINT "stock_warehouse" FOREIGN KEY ("vendor_id","erp_warehouse_id") REFERENCES "public"."warehouses"("vendor_id","erp_warehouse_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dead_letter_queue" ADD CONSTRAINT "dead_letter_queue_job" FOREIGN KEY ("vendor_id","original_job_id") REFERENCES "public"."sync_jobs"("vendor_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_job_attempts" ADD CONSTRAINT "sync_job_attempts_job" FOREIGN KEY ("vendor_id","job_id") REFERENCES "public"."sync_jobs"("vendor_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sync_jobs" ADD CONSTRAINT "sync_jobs_order" FOREIGN KEY ("vendor_id","order_id") REFERENCES "public"."orders"("vendor_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "erp_code_mappings_id" ON "erp_code_mappings" USING btree ("id");--> statement-breakpoint
CREATE INDEX "mapping_versions_pending" ON "mapping_versions" USING btree ("vendor_id") WHERE applied_version < version;--> statement-breakpoint
CREATE INDEX "items_changes" ON "items" USING btree ("vendor_id","change_seq","sku");--> statement-breakpoint
CREATE INDEX "audit_log_vendor" ON "audit_log" USING btree ("vendor_id","id");--> statement-breakpoint
CREATE INDEX "orders_id" ON "orders" USING btree ("id");--> statement-breakpoint
CREATE INDEX "parked_rows_waits_for" ON "parked_rows" USING gin ("waits_for");--> statement-breakpoint
CREATE INDEX "snapshots_id" ON "snapshots" USING btree ("id");--> statement-breakpoint
CREATE INDEX "stock_changes" ON "stock" USING btree ("vendor_id","change_seq","erp_warehouse_id","sku");--> statement-breakpoint
CREATE INDEX "stock_by_item" ON "stock" USING btree ("vendor_id","sku");--> statement-breakpoint
CREATE INDEX "dead_letter_queue_id" ON "dead_letter_queue" USING btree ("id");--> statement-breakpoint
CREATE INDEX "sync_jobs_id" ON "sync_jobs" USING btree ("id");--> statement-breakpoint
CREATE INDEX "warehouses_changes" ON "warehouses" USING btree ("vendor_id","change_seq","erp_warehouse_id");