// The shape of a row in the route table. The table is data: the server, its OpenAPI document and the testing platform are
// derived from it.
import type { ZodObject, ZodType } from 'zod';
import type { ErrorCode } from '../../errors/error-code.ts';
import type { FieldNames } from '../../wire/accepted-names.ts';

/** The methods that routes have. A route with `GET` also answers `HEAD`. */
export type Method = 'GET' | 'POST' | 'DELETE';

/** What the OpenAPI document says about a route, besides its input. */
export interface Operation {
  /** Names the operation for generated clients. */
  readonly operationId: string;
  /** One sentence in the imperative mood. */
  readonly summary: string;
  readonly description?: string;
  /** The group in which documentation lists the operation. */
  readonly tag: string;
  readonly success: {
    readonly status: 200 | 201;
    readonly description: string;
    readonly schema: ZodType;
  };
  /** Only the errors of this operation: those that follow from the rest of the row are added. */
  readonly failures?: readonly ErrorCode[];
}

/** The body that a route takes. */
export interface RequestBody {
  readonly schema: ZodType;
  /** Names the schema in the OpenAPI document. */
  readonly id: string;
  readonly examples?: readonly object[];
  readonly isRequired: boolean;
  /** Accepts `application/x-www-form-urlencoded` besides JSON. */
  readonly acceptsForm?: boolean;
  /** The field in which every number is kept exactly. */
  readonly exactField?: string;
}

/** Where a route's input comes from. Path parameters take precedence over fields of the body or the query. */
export interface RouteInput {
  readonly path?: ZodObject;
  readonly query?: ZodObject;
  /** An example of the parameters, for documentation. */
  readonly queryExample?: Readonly<Record<string, unknown>>;
  readonly body?: RequestBody;
  /** For documentation: headers are not part of the procedure's input. */
  readonly headers?: ZodObject;
  /** The names under which its schema accepts fields, besides their own. */
  readonly names?: FieldNames;
}

/** Translates between a wire format of its own and the procedure. Throws a PlatformError if the request is invalid. */
export interface Translation {
  readonly toInput: (request: unknown) => unknown;
  readonly toResponse: (output: unknown) => unknown;
}

/** A route that calls a procedure. */
export interface ProcedureRoute<Procedure extends string = string> extends Operation {
  readonly method: Method;
  /** A template as in OpenAPI: `/api/v1/keys/{id}`. */
  readonly path: string;
  /** The procedure's path in the router: `keys.revoke`. */
  readonly procedure: Procedure;
  /** `none`: the input carries a credential of its own. */
  readonly authentication: 'api-key' | 'none';
  readonly input?: RouteInput;
  readonly translation?: Translation;
}

/** A route that answers by itself, without a procedure and without an API key. */
export interface HandlerRoute<Handler extends string = string> {
  readonly method: 'GET';
  readonly path: string;
  readonly handler: Handler;
  /** Left out where the OpenAPI document does not list the route. */
  readonly operation?: Operation;
}

/** A path whose handler routes everything below it. */
export interface MountedRoute<Mount extends string = string> {
  readonly path: string;
  readonly mount: Mount;
}

/** The kind of procedure that a route calls. */
export const procedureType = ({ method }: ProcedureRoute) => (method === 'GET' ? 'query' : 'mutation');

/** Whether the route returns a list in pages. */
export const isPaged = ({ input }: ProcedureRoute) => input?.query?.shape['cursor'] !== undefined;

/** Lists routes that call procedures, and keeps the procedures' names in the type. */
export const procedureRoutes = <const Procedure extends string>(
  routes: readonly ProcedureRoute<Procedure>[],
): readonly ProcedureRoute<Procedure>[] => routes;
