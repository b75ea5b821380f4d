/** The answer to a command names what it was about; the stream it lies on is the whole organisation's. */
export const about = async <Answer extends { readonly id: string }>(
  id: string,
  answer: Promise<Answer>,
): Promise<Answer> => ({
  ...(await answer),
  id,
});
