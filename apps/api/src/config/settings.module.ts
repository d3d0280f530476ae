import { Module, type DynamicModule } from '@nestjs/common';
import { SETTINGS, type HubSettings } from './settings';

/** Gives every module the settings that were read once at boot. */
@Module({})
export class SettingsModule {
  static with(settings: HubSettings): DynamicModule {
    return { module: SettingsModule, global: true, providers: [{ provide: SETTINGS, useValue: settings }], exports: [SETTINGS] };
  }
}
