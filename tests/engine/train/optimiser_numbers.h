// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Written by tests/oracle/optimiser_numbers.py with PyTorch 2.15.0, in float64.
namespace synann::testing {

struct OptimiserNumbers {
  const char *name, *optimizer;
  double momentum, beta1, beta2;
  bool nesterov;
  double weight_decay, clip;
  const char* schedule;
  double rate;
  double after_20_steps[3];
};

// clang-format off
inline constexpr OptimiserNumbers kOptimiserNumbers[] = {
    {"sgd, constant", "sgd", 0, 0.9, 0.999, false, 0, 0, "constant", 0.5, {0.5000004768371582, -1.9073486328125e-06, 2.6184419210984706}},
    {"momentum, constant", "sgd", 0.9, 0.9, 0.999, false, 0, 0, "constant", 0.2, {0.32537369170403263, 0.4261505369698707, 2.090699971509439}},
    {"nesterov, constant", "sgd", 0.9, 0.9, 0.999, true, 0, 0, "constant", 0.2, {0.48025127316154526, -0.00010459371538301576, 2.043629271350863}},
    {"weight decay, constant", "sgd", 0.5, 0.9, 0.999, false, 0.05, 0, "constant", 0.5, {0.47574600738342393, -0.0013420810340368356, 0.7407825811255504}},
    {"clipping, constant", "sgd", 0.5, 0.9, 0.999, false, 0, 0.2, "constant", 0.5, {0.5059557034531637, 0.005329966998156509, 2.6767309013225886}},
    {"adam, constant", "adam", 0, 0.9, 0.999, false, 0, 0, "constant", 0.3, {0.39115275333262356, 0.27886722416356224, -1.6579752248388517}},
    {"adam, betas, constant", "adam", 0, 0.7, 0.9, false, 0, 0, "constant", 0.3, {0.5022624815339336, -0.06797859928471445, -1.094682742085004}},
    {"adam, weight decay, constant", "adam", 0, 0.9, 0.999, false, 0.05, 0, "constant", 0.3, {0.348621124511336, 0.27886722410352754, -0.996092405131412}},
    {"adamw, constant", "adamw", 0, 0.9, 0.999, false, 0.05, 0, "constant", 0.3, {0.40732326420515896, 0.1726743403129684, -1.6020962883326089}},
    {"adamw, clipping, constant", "adamw", 0, 0.9, 0.999, false, 0.05, 0.2, "constant", 0.3, {0.5186643338541959, -0.2539072976806061, -1.3926388283405298}},
    {"momentum, step", "sgd", 0.9, 0.9, 0.999, false, 0, 0, "step", 0.2, {0.5127022343913716, 0.32017013389140625, 2.7337512103367736}},
    {"adamw, step", "adamw", 0, 0.9, 0.999, false, 0.05, 0, "step", 0.3, {0.5566156060583352, 0.16781206457142595, 0.3847969685263581}},
    {"momentum, cosine", "sgd", 0.9, 0.9, 0.999, false, 0, 0, "cosine", 0.2, {0.6142498848626741, 0.23007763469789358, 2.6251360468910954}},
    {"adamw, cosine", "adamw", 0, 0.9, 0.999, false, 0.05, 0, "cosine", 0.3, {0.5931083132786629, 0.40913378790251914, -0.14108608765998004}},
    {"momentum, one-cycle", "sgd", 0.9, 0.9, 0.999, false, 0, 0, "one-cycle", 0.2, {0.7049884671737168, 0.9865621448255842, 2.5739483304165995}},
    {"adamw, one-cycle", "adamw", 0, 0.9, 0.999, false, 0.05, 0, "one-cycle", 0.3, {0.47829013093586087, 0.4109336687754214, 0.08923566847064643}},
    {"momentum, plateau", "sgd", 0.9, 0.9, 0.999, false, 0, 0, "plateau", 0.2, {0.3277376773772396, -0.843240061572439, 2.852797277344821}},
    {"adamw, plateau", "adamw", 0, 0.9, 0.999, false, 0.05, 0, "plateau", 0.3, {0.6344846589426216, 0.4737972675582679, -0.019906434864597432}},
};
// clang-format on

}  // namespace synann::testing
