import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { buildOpenApi } from '@repo/contracts/openapi';
import { ALL_OPERATIONS } from '@repo/contracts/operations/all-operations';

/** Serves the document made from the contracts at `/api/docs-json`, and a page to try it at `/api/docs`. */
export function serveOpenApi(app: NestFastifyApplication, version: string): void {
  const document = buildOpenApi(ALL_OPERATIONS, version) as unknown as OpenAPIObject;
  SwaggerModule.setup('api/docs', app, document, { jsonDocumentUrl: 'api/docs-json', yamlDocumentUrl: 'api/docs-yaml' });
}
