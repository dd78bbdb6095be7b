/** In the C locale its words are known. Nothing may open a window to ask a person. */
export function environment(): NodeJS.ProcessEnv {
  const nobody = {
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
    SSH_ASKPASS: undefined,
    SSH_ASKPASS_REQUIRE: 'never',
  };
  return { ...process.env, ...nobody, LC_ALL: 'C' };
}
