import type { Scope } from '../shared/auth/vocabulary.ts';
import type { InstitutionsTable } from './institutions-table.ts';
import type { MembersTable } from './members-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly institutions: InstitutionsTable;
  readonly members: MembersTable;
  readonly now: () => Date;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

/** What an operation that can be repeated did. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier attempt of the same request had done it. */
  readonly replayed: boolean;
}

/** The clients whose tokens the API's gateway takes. */
export interface Admission {
  admitted(): Promise<readonly string[]>;
  /** Admits these and nobody else. */
  admit(clientIds: readonly string[]): Promise<void>;
}

/** A secret as the issuer gives it out, which nobody can be asked for again. */
export interface NewSecret {
  readonly id: string;
  readonly secret: string;
}

/** The issuer of tokens, as far as systems' clients are made there. None of them works before it is enrolled. */
export interface ClientIssuer {
  /**
   * Makes a client.
   * @param name by which it can be found before anybody knows its id
   * @returns its id and secret
   */
  create(name: string, scopes: readonly Scope[]): Promise<NewSecret>;
  /** Ids of the clients of that name. */
  named(name: string): Promise<readonly string[]>;
  /** Ends a client. Ending it again changes nothing. */
  remove(clientId: string): Promise<void>;
  /** Ids of a client's secrets, oldest first; two at most. */
  secretsOf(clientId: string): Promise<readonly string[]>;
  addSecret(clientId: string): Promise<NewSecret>;
  /** Ends a secret. Ending it again changes nothing. */
  removeSecret(clientId: string, secretId: string): Promise<void>;
}

/** What the operations on clients need besides. */
export interface ClientPorts extends Ports {
  readonly issuer: ClientIssuer;
}
