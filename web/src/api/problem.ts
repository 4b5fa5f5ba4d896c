/** Why a request failed, from the server's problem document or from the network. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** HTTP status; 0 where no answer came. */
    readonly status: number,
    message: string,
    /** Seconds to wait before another try, where the server says so. */
    readonly retryAfterS: number | undefined = undefined,
  ) {
    super(message);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

interface ProblemDocument {
  title?: string;
  detail?: string;
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const told = (await response.json().catch(() => ({}))) as ProblemDocument;
  const seconds = Number(response.headers.get('Retry-After'));
  return new ApiProblem(
    response.status,
    told.detail ?? told.title ?? response.statusText,
    seconds > 0 ? seconds : undefined,
  );
}
