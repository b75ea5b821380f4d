import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { PageQuery } from '../http/when.dto.js';
import { IsId, IsMoney, IsText, IsTime, MayBeLeftOut, MoneyBody } from '../http/validation.js';
import {
  assignmentBases,
  customerKinds,
  customerStatuses,
  directions,
  interactionChannels,
  lossReasons,
  tiers,
} from './events.js';
import type {
  AssignmentBasis,
  CustomerKind,
  CustomerLossReason,
  CustomerStatus,
  Direction,
  InteractionChannel,
  Tier,
} from './events.js';

const DOMAIN = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** What is known of a customer. Null says that it is not known. */
export class CustomerDetailsBody {
  @IsOptional()
  @IsText(64)
  taxId?: string | null;

  @IsOptional()
  @MaxLength(253)
  @Matches(DOMAIN, { message: '$property must be a domain name in lower case' })
  domain?: string | null;

  /** With its calling code, in any spelling, such as +49 (0)30 123456; recorded in E.164. */
  @IsOptional()
  @IsText(64)
  phone?: string | null;

  /** Industry the customer works in. */
  @IsOptional()
  @IsText(255)
  sector?: string | null;

  @IsOptional()
  @IsText(255)
  region?: string | null;

  /** Where the customer came from: a channel, a campaign, a partner. */
  @IsOptional()
  @IsText(255)
  source?: string | null;

  @IsOptional()
  @IsInt()
  @Min(1000)
  @Max(2100)
  establishedIn?: number | null;

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10_000_000)
  employees?: number | null;

  @IsOptional()
  @IsMoney()
  annualRevenue?: MoneyBody | null;
}

export class ChangeDetailsBody extends CustomerDetailsBody {
  @MayBeLeftOut()
  @IsText(255)
  name?: string;
}

export class RegisterCustomerBody extends CustomerDetailsBody {
  @IsText(255)
  name: string;

  @IsIn(customerKinds)
  kind: CustomerKind;

  @MayBeLeftOut()
  @IsIn(tiers)
  tier?: Tier;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsText(100, { each: true })
  tags?: string[];

  @IsOptional()
  @IsId()
  parentCustomerId?: string | null;

  /** Employee who answers for the customer from the start. */
  @IsOptional()
  @IsId()
  ownerId?: string | null;

  /** Customers of the same name and region that are not this one. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsId({ each: true })
  acceptDuplicates?: string[];
}

export class TagBody {
  @IsText(100)
  tag: string;
}

export class ParentBody {
  /** Null takes the customer out of its group. */
  @ValidateIf((_, value) => value !== null)
  @IsId()
  parentCustomerId: string | null;
}

export class OwnerBody {
  @IsId()
  ownerId: string;

  @MayBeLeftOut()
  @IsIn(assignmentBases)
  basis?: AssignmentBasis;
}

export class TierBody {
  @IsIn(tiers)
  tier: Tier;

  /** Shown in the history of the customer. */
  @IsText(1_000)
  reason: string;
}

export class ReasonBody {
  @IsText(1_000)
  reason: string;
}

export class LossBody {
  @IsIn(lossReasons)
  reason: CustomerLossReason;

  @IsOptional()
  @IsText(10_000)
  note?: string | null;
}

/** What may be said of an interaction besides. */
class InteractionDetails {
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10_080)
  durationMinutes?: number | null;

  @IsOptional()
  @IsText(255)
  location?: string | null;

  @IsOptional()
  @IsText(1_000)
  nextStep?: string | null;
}

export class InteractionBody extends InteractionDetails {
  @IsIn(interactionChannels)
  channel: InteractionChannel;

  @IsIn(directions)
  direction: Direction;

  @IsText(10_000)
  summary: string;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsId({ each: true })
  contactIds?: string[];

  /** When it took place, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  occurredAt?: string;
}

export class InteractionCorrectionBody extends InteractionDetails {
  @MayBeLeftOut()
  @IsIn(interactionChannels)
  channel?: InteractionChannel;

  @MayBeLeftOut()
  @IsIn(directions)
  direction?: Direction;

  @MayBeLeftOut()
  @IsText(10_000)
  summary?: string;
}

export class PurchaseBody {
  @IsMoney()
  amount: MoneyBody;

  @IsOptional()
  @IsText(255)
  product?: string | null;

  /** Number of the order or invoice. */
  @IsOptional()
  @IsText(255)
  reference?: string | null;

  @IsOptional()
  @IsId()
  opportunityId?: string | null;

  /** When it was bought, when that is not now. */
  @MayBeLeftOut()
  @IsTime()
  occurredAt?: string;

  /** How many, how much: in what the product is counted or measured in. */
  @IsOptional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(1_000_000_000)
  quantity?: number | null;
}

export const customerOrders = ['name', '-name', 'lastActivity', '-lastActivity', 'registered', '-registered'] as const;

export class CustomerListQuery extends PageQuery {
  @MayBeLeftOut()
  @IsIn(tiers)
  tier?: Tier;

  @MayBeLeftOut()
  @IsId()
  owner?: string;

  @MayBeLeftOut()
  @IsText(100)
  tag?: string;

  @MayBeLeftOut()
  @IsText(255)
  region?: string;

  @MayBeLeftOut()
  @IsIn(customerStatuses)
  status?: CustomerStatus;

  /** Whether customers that were put away are listed among the others; they are not unless this, or their status, asks for them. */
  @MayBeLeftOut()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean()
  archived?: boolean;

  /** Words of the name, or how they begin; of names without blanks between words, any piece. */
  @MayBeLeftOut()
  @IsText(255)
  text?: string;

  @MayBeLeftOut()
  @IsIn(customerOrders)
  sort?: (typeof customerOrders)[number];
}
