import { Module } from '@nestjs/common';
import { handleKeyed } from '../event-store/handle.js';
import { SettleImportRows } from './commands.js';
import { settled, settleRows } from './settled.decider.js';

@Module({ providers: [handleKeyed(SettleImportRows, settled, 'sourceId', settleRows)] })
export class ImportModule {}
