/**
 * Parts of OpenLayers that the page never calls, left out of its script: styles as JSON with their expressions, and
 * what is under a pixel. The page gives every layer a function for its style and asks its own index for a place.
 */

function never(): never {
  throw new Error("this part of OpenLayers is left out of the page: see vite.config.ts");
}

export const flatStyleLikeToStyleFunction = never;
export const createHitDetectionImageData = never;
export const hitDetect = never;
export const HIT_DETECT_RESOLUTION = 0.5;
