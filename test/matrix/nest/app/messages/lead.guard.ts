import { type CanActivate, type ExecutionContext, Injectable, Scope } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { WsException } from '@nestjs/websockets';
import { of } from 'rxjs';

interface Guarded {
  deny?: 'false' | 'throw' | 'promise' | 'observable';
}

/** Accepts a message unless it asks for a refusal, in each of the ways a guard may answer. */
@Injectable()
export class LeadGuard implements CanActivate {
  canActivate(context: ExecutionContext) {
    const [rpc, { deny }] =
      context.getType() === 'rpc'
        ? [true, context.switchToRpc().getData<Guarded>()]
        : [false, context.switchToWs().getData<Guarded>()];
    if (deny === 'throw') throw rpc ? new RpcException('Unknown lead') : new WsException('Unknown lead');
    if (deny === 'promise') return Promise.resolve(false);
    return deny === 'observable' ? of(false) : deny !== 'false';
  }
}

/** One per message. */
@Injectable({ scope: Scope.REQUEST })
export class RequestGuard extends LeadGuard {}

/** Calls another guard, and decides otherwise. */
@Injectable()
export class OppositeGuard implements CanActivate {
  constructor(private readonly other: LeadGuard) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    return !(await this.other.canActivate(context));
  }
}
