import { SetMetadata } from '@nestjs/common';

export const REQUIRES = 'annals:requires';
export const PUBLIC = 'annals:public';

/** Names the permission a route needs: `<context>.<action>`. */
export const Requires = (permission: string) => SetMetadata(REQUIRES, permission);

/** Says that anybody may call the route. */
export const Public = () => SetMetadata(PUBLIC, true);
