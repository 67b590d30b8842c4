import { NotFoundException } from '@nestjs/common';

/** Nothing is here: answered to the letter as Nest answers for a path that does not exist, with no header of ours. */
export class HiddenException extends NotFoundException {
  constructor(method: string, url: string) {
    super(`Cannot ${method} ${url}`);
  }
}
