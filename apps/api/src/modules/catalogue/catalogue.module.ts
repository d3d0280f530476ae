import { Module } from '@nestjs/common';
import { CatalogueController } from './catalogue.controller';

/** Reads for the storefront. */
@Module({ controllers: [CatalogueController] })
export class CatalogueModule {}
