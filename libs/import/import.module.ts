import { Module } from '@nestjs/common';
import { handle } from '../event-store/handle.js';
import { SettleImportRows } from './commands.js';
import { settled, settleRows } from './settled.decider.js';

@Module({ providers: [handle(SettleImportRows, settled, settleRows)] })
export class ImportModule {}
