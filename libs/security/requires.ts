import { SetMetadata } from '@nestjs/common';

export const REQUIRES = 'annals:requires';
export const PUBLIC = 'annals:public';

/** Names the permission a route needs: `<context>.<action>`. */
export const Requires = (permission: string) => SetMetadata(REQUIRES, permission);

/** Marks a route that needs no permission. */
export const Public = () => SetMetadata(PUBLIC, true);
