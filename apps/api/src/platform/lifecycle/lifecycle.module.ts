import { Global, Module } from '@nestjs/common';
import { Lifecycle } from './lifecycle';

@Global()
@Module({ providers: [{ provide: Lifecycle, useFactory: () => new Lifecycle() }], exports: [Lifecycle] })
export class LifecycleModule {}
