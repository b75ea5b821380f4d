import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { EMAIL, isText, TEXT } from '../commands/text-form.js';
import { IsDay, IsId, IsText, IsTime, MayBeLeftOut, Takes } from '../http/validation.js';
import { PageQuery } from '../http/when.dto.js';
import { consentPurposes, contactChannels, contactRoles } from './events.js';
import type { ConsentPurpose, ContactChannelKind, ContactRole } from './events.js';

/** Whether a phone number can be one, its numbering plan says: that is a rule. */
const FORMS: Readonly<Record<ContactChannelKind, RegExp>> = {
  email: EMAIL,
  phone: /[0-9\uff10-\uff19]/,
  wechat: /^[A-Za-z][A-Za-z0-9_-]{5,19}$/,
  post: TEXT,
};
const LONGEST = 255;

/** Text in the form of the channel beside it. */
const IsAddress = () =>
  Takes({
    name: 'isAddress',
    holds: (value, channel) => isText(value, LONGEST) && (FORMS[(channel as ChannelBody).kind]?.test(value) ?? false),
    says: `$property must be an address of its kind, of at most ${LONGEST} characters: e-mail, phone number, WeChat id, postal address`,
    schema: { type: 'string', minLength: 1, maxLength: LONGEST },
    beside: Object.entries(FORMS).map(([kind, { source }]) => ({
      type: 'object',
      properties: { kind: { type: 'string', enum: [kind] }, value: { type: 'string', pattern: source } },
    })),
  });

export class ChannelBody {
  @IsIn(contactChannels)
  kind: ContactChannelKind;

  @IsAddress()
  value: string;
}

export class AddContactBody {
  @IsText(255)
  name: string;

  @IsOptional()
  @IsText(255)
  title?: string | null;

  @MayBeLeftOut()
  @IsIn(contactRoles)
  role?: ContactRole;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ChannelBody)
  channels: ChannelBody[];

  @IsOptional()
  @IsDay()
  birthday?: string | null;
}

export class ChangeContactBody {
  @MayBeLeftOut()
  @IsText(255)
  name?: string;

  @IsOptional()
  @IsText(255)
  title?: string | null;

  @MayBeLeftOut()
  @IsIn(contactRoles)
  role?: ContactRole;

  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ChannelBody)
  channels?: ChannelBody[];

  @IsOptional()
  @IsDay()
  birthday?: string | null;
}

export class ConsentWithdrawalBody {
  @IsIn(contactChannels)
  channel: ContactChannelKind;

  @IsIn(consentPurposes)
  purpose: ConsentPurpose;
}

export class ConsentBody extends ConsentWithdrawalBody {
  /** Where it can be seen that consent was given: a form, a recording, a letter. */
  @IsText(1_000)
  proof: string;

  @IsTime()
  givenAt: string;
}

export class DisableContactBody {
  @IsText(1_000)
  reason: string;

  /** The next primary contact, when this one was. */
  @IsOptional()
  @IsId()
  nextPrimaryId?: string | null;
}

export class ContactListQuery extends PageQuery {
  @MayBeLeftOut()
  @IsId()
  customer?: string;

  /** Words of the name, or how they begin; of names without blanks between words, any piece. */
  @MayBeLeftOut()
  @IsText(255)
  text?: string;
}
