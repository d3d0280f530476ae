CREATE INDEX "items_by_key_hash" ON "items" USING btree ("vendor_id","key_hash");--> statement-breakpoint
CREATE INDEX "stock_by_key_hash" ON "stock" USING btree ("vendor_id","key_hash");--> statement-breakpoint
CREATE INDEX "warehouses_by_key_hash" ON "warehouses" USING btree ("vendor_id","key_hash");