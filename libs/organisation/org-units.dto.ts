import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, ValidateIf } from 'class-validator';
import { IsId, IsText, IsTime, MayBeLeftOut } from '../http/validation.js';
import { levels, unitKinds } from './events.js';
import type { Level, UnitKind } from './events.js';

export class CreateOrgUnitBody {
  @IsText(255)
  name: string;

  @IsIn(unitKinds)
  kind: UnitKind;

  /** Never above the level of the unit above. */
  @IsIn(levels)
  level: Level;

  /** The unit above; left out for the root of the chart. */
  @IsOptional()
  @IsId()
  parentId?: string | null;
}

export class UnitNameBody {
  @IsText(255)
  name: string;
}

export class UnitParentBody {
  @IsId()
  parentId: string;

  /** When it took effect, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  effectiveFrom?: string;
}

export class ResponsibilitiesBody {
  /** What the unit answers for; replaces what was said before. */
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsText(1_000, { each: true })
  responsibilities: string[];
}

export class ProcessBody {
  /** A customer-management process, such as customer development, maintenance or service. */
  @IsText(255)
  process: string;
}

export class HeadBody {
  /** A position of the unit, or null for none. */
  @ValidateIf((_, value) => value !== null)
  @IsId()
  positionId: string | null;
}
