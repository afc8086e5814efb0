import {
  ApiGatewayV2Client,
  GetAuthorizerCommand,
  type JWTConfiguration,
  UpdateAuthorizerCommand,
} from '@aws-sdk/client-apigatewayv2';

import type { Admission } from './ports.ts';

export interface AuthorizerName {
  readonly ApiId: string;
  readonly AuthorizerId: string;
}

/** The audience of the API's JWT authorizer, which it compares with the client id of Cognito's access tokens. */
export class AuthorizerAdmission implements Admission {
  readonly #client = new ApiGatewayV2Client({ maxAttempts: 3 });
  readonly #name: AuthorizerName;

  constructor(name: AuthorizerName) {
    this.#name = name;
  }

  async admitted(): Promise<readonly string[]> {
    return (await this.#configuration()).Audience ?? [];
  }

  /** Whose tokens are believed stays as deployed. */
  async admit(clientIds: readonly string[]): Promise<void> {
    const { Issuer } = await this.#configuration();
    await this.#client.send(
      new UpdateAuthorizerCommand({ ...this.#name, JwtConfiguration: { Issuer, Audience: [...clientIds] } }),
    );
  }

  async #configuration(): Promise<JWTConfiguration> {
    const { JwtConfiguration } = await this.#client.send(new GetAuthorizerCommand(this.#name));
    if (JwtConfiguration?.Issuer === undefined) throw new Error('The authorizer names no issuer.');
    return JwtConfiguration;
  }
}
