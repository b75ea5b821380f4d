import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, ValidateBy, ValidateNested } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import { IsDay, IsId, IsText, IsTime, MayBeLeftOut } from '../http/validation.js';
import { isVisible } from '../text.js';
import { PageQuery } from '../http/when.dto.js';
import { consentPurposes, contactChannels, contactRoles } from './events.js';
import type { ConsentPurpose, ContactChannelKind, ContactRole } from './events.js';

/** A character of an address: neither blank nor invisible. */
const C = String.raw`[^\s@\p{C}\p{Default_Ignorable_Code_Point}]`;
const EMAIL = new RegExp(`^${C}{1,64}@${C}+\\.${C}+$`, 'u');

/** Whether a phone number can be one, its numbering plan says: that is a rule. */
const FORMS: Readonly<Record<ContactChannelKind, (value: string) => boolean>> = {
  email: (value) => EMAIL.test(value),
  phone: (value) => /\p{Nd}/u.test(value),
  wechat: (value) => /^[A-Za-z][A-Za-z0-9_-]{5,19}$/.test(value),
  post: isVisible,
};

/** An address in the form of the channel beside it. */
const FitsItsKind = () =>
  ValidateBy({
    name: 'fitsItsKind',
    validator: {
      validate: (value, args) => {
        const { kind } = (args as ValidationArguments).object as ChannelBody;
        return typeof value === 'string' && (FORMS[kind]?.(value) ?? false);
      },
      defaultMessage: () => '$property must be an address of its kind: e-mail, phone number, WeChat id, postal address',
    },
  });

export class ChannelBody {
  @IsIn(contactChannels)
  kind: ContactChannelKind;

  @IsText(255)
  @FitsItsKind()
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
